using Larder.Coherence;

namespace Larder.Tests.Tiers;

/// <summary>Announcements may have been missed while a Set is under way: that is no Clear, and the Set is not lost. A Clear of the same process that was called behind it is one.</summary>
public sealed class GapDuringWriteTests
{
    private static readonly EntryOptions Plain = new() { FreshFor = TimeSpan.FromMinutes(1) };
    private readonly SimulationScheduler _simulation = new(seed: 1) { TimePasses = 0 };
    private readonly MemoryAuthority _authority;
    private readonly SimulationNode _node;
    private readonly ICache _cache;

    public GapDuringWriteTests()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        _authority = new MemoryAuthority(_simulation.AddNode("authority"));
        _node = _simulation.AddNode("a");
        var link = _authority.Connect(new SimulatedNetwork(_simulation), _node);
        _cache = _node.CreateCache(options => options.Authority = new LinkedAuthority(link, new LinkedAuthorityOptions { Level = CoherenceLevel.Eventual }), "shop");
        _simulation.RunUntilIdle();
    }

    [Fact]
    public void Set_DuringWhichSomethingMayHaveBeenMissed_IsStored()
    {
        var setting = Start(() => _cache.SetAsync("k", "new", Plain, tags: ["t"]).AsTask());

        // Announced before the fences are answered that the Set has asked for.
        _authority.FlushAll();
        _simulation.RunUntilIdle();

        Assert.True(setting.IsCompletedSuccessfully);
        Assert.Equal(0, _cache.Statistics.FencedOff);
        Assert.Equal("new", Read("k"));
    }

    [Fact]
    public void SetMany_DuringWhichSomethingMayHaveBeenMissed_IsStored()
    {
        var setting = Start(() => _cache.SetManyAsync([new KeyValuePair<string, string>("k", "new"), new("l", "newer")], Plain).AsTask());
        _authority.FlushAll();
        _simulation.RunUntilIdle();

        Assert.True(setting.IsCompletedSuccessfully);
        Assert.Equal(("new", "newer"), (Read("k"), Read("l")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Set_BehindWhichTheSameProcessRemoves_IsOver(bool byTag)
    {
        var setting = Start(() => _cache.SetAsync("k", "old", Plain, tags: ["t"]).AsTask());
        var removing = Start(() => (byTag ? _cache.RemoveByTagAsync("t") : _cache.ClearAsync()).AsTask());
        _authority.FlushAll();
        _simulation.RunUntilIdle();

        Assert.True(setting.IsCompletedSuccessfully && removing.IsCompletedSuccessfully);
        Assert.Null(Read("k"));
    }

    private string? Read(string key)
    {
        string? value = null;
        var reading = Start(async () => value = (await _cache.GetAsync<string>(key)).Value);
        _simulation.RunUntilIdle();
        Assert.True(reading.IsCompletedSuccessfully);
        return value;
    }

    private Task Start(Func<Task> call)
    {
        Task? started = null;
        _node.Do(() => started = call());
        return started!;
    }
}
