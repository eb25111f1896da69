using System.Runtime.CompilerServices;
using System.Text.Json;
using Larder.Coherence;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>What a value from the authority costs beside the decoded value. The store is in the same process and answers at once, so that what is counted is the cache's own.</summary>
[Collection(AloneCollection.Name)]
public sealed class AuthorityReadAllocationTests : IAsyncDisposable
{
    private const int Measured = 200;

    // Far longer than the runtime takes to replace its first code.
    private static readonly TimeSpan Patience = Seconds(10);
    private static readonly EntryOptions WithoutMemory = new() { Skip = CacheSkip.Memory };
    private static readonly string[] Keys = [.. Enumerable.Range(0, 100).Select(static number => $"key:{number}")];
    private static readonly Numbers Value = new([.. Enumerable.Range(0, 250)]);

    private readonly ICache _cache;
    private readonly byte[] _encoded = JsonSerializer.SerializeToUtf8Bytes(Value);

    public AuthorityReadAllocationTests()
    {
        var clock = new FakeClock();
        _cache = TestCache.Create(clock, options =>
        {
            options.Authority = new LinkedAuthority(new MemoryAuthority(clock).Connect(), new LinkedAuthorityOptions { Level = CoherenceLevel.Eventual });
            options.Defaults.FreshFor = Minutes(60);
        });
    }

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task GetOrCreate_FoundInTheAuthority_AllocatesAtMost600BytesBesideTheValue()
    {
        await FillAsync();
        var decoding = Decoding();

        var bytes = Least(decoding + 600, static t =>
            t._cache.GetOrCreateAsync(Keys[0], static _ => ValueTask.FromException<Numbers>(new InvalidOperationException("The source was asked.")), WithoutMemory).Result);

        Assert.InRange(bytes - decoding, 1, 600);
    }

    [Fact]
    public async Task Get_FoundInTheAuthority_AllocatesAtMost280BytesBesideTheValue()
    {
        await FillAsync();
        var decoding = Decoding();

        var bytes = Least(decoding + 280, static t => t._cache.GetAsync<Numbers>(Keys[0], WithoutMemory).Result.Value);

        Assert.InRange(bytes - decoding, 1, 280);
    }

    [Fact]
    public async Task GetMany_FoundInTheAuthority_AllocatesAtMost450BytesAKeyBesideTheValues()
    {
        await FillAsync();
        var decoding = Decoding();

        var bytes = Least((decoding + 450) * Keys.Length, static t => t._cache.GetManyAsync<Numbers>(Keys, WithoutMemory).Result) / Keys.Length;

        Assert.InRange(bytes - decoding, 1, 450);
    }

    // Enough runs for the runtime to have replaced its first code.
    private long Decoding() => Enumerable.Range(0, 50).Min(_ => Least(long.MaxValue, static t => JsonSerializer.Deserialize<Numbers>(t._encoded)));

    private async Task FillAsync()
    {
        foreach (var key in Keys)
        {
            await _cache.SetAsync(key, Value);
        }
    }

    /// <summary>The bytes of one call: runs of many of them, until one run is at most the limit or shows that better code does not come.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long Least(long limit, Func<AuthorityReadAllocationTests, object?> call)
    {
        var least = long.MaxValue;
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        do
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Measured; i++)
            {
                Assert.NotNull(call(this));
            }

            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / Measured);
            Thread.Yield();
        }
        while (least > limit && Environment.TickCount64 < until);

        return least;
    }

    private sealed record Numbers(int[] All);
}
