using Larder.Memory.Tests.Kit;

namespace Larder.Memory.Tests;

public sealed class AllocationTests : MapTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reads_OfAnyKind_AllocateNothing(bool isTimed)
    {
        var map = Audited(new BoundedMap<string, string>(new BoundedMapOptions<string, string> { Capacity = 1000 }));
        var keys = Enumerable.Range(0, 2000).Select(i => $"key{i}").ToArray();
        foreach (var key in keys)
        {
            map.Set(key, key, isTimed ? EntryExpiry.Sliding(TimeSpan.FromHours(1)) : default);
        }

        ReadAll(map, keys, 20);

        var before = GC.GetAllocatedBytesForCurrentThread();
        ReadAll(map, keys, 20);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void ReadAll(BoundedMap<string, string> map, string[] keys, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            foreach (var key in keys)
            {
                map.TryGet(key, out _);
                map.TryGet(key.AsSpan(), out _, out _);
                map.ContainsKey(key);
            }
        }
    }
}
