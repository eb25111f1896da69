using Larder.Ports;

namespace Larder.Testing;

/// <summary>
/// What every <see cref="ITier"/> must do, as rules that any test framework can check. Each rule works on a fresh store; a tier that breaks it makes the rule throw a
/// <see cref="TierContractException"/>, which says what was expected and what was seen.
/// </summary>
/// <remarks>Rules may run side by side if the stores that are made do not know each other.</remarks>
/// <example><code>
/// private static readonly TierContract Contract = new(time => new FileTier(NewFolder()));
///
/// public static IEnumerable&lt;object[]&gt; Rules => Contract.All.Select(rule => new object[] { rule });
///
/// [Theory, MemberData(nameof(Rules))]
/// public Task KeepsTheContract(ContractRule rule) => rule.Check();
/// </code></example>
public sealed class TierContract
{
    private readonly Func<TimeProvider, ITier> _make;

    /// <summary>Makes the contract for one kind of tier.</summary>
    /// <param name="make">
    /// Makes a tier over a fresh, empty store. Is given the clock that the store, if it is part of the test, should end lifetimes by; the tier gets it with its <see cref="TierHost"/>. The rule attaches and
    /// disposes the tier.
    /// </param>
    public TierContract(Func<TimeProvider, ITier> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        _make = make;
    }

    /// <summary>
    /// Makes another tier, for another node, over the store of a tier that was made before. Null, the default, for a tier that nodes do not share: the rules about two nodes are then left out of
    /// <see cref="All"/>.
    /// </summary>
    public Func<ITier, TimeProvider, ITier>? MakeAnother { get; init; }

    /// <summary>
    /// Lets time pass, for a store whose clock can not be moved: <c>Task.Delay</c> then, and the rules use the system's clock. Null, the default: the rules move the clock that they gave away, and
    /// nothing waits.
    /// </summary>
    public Func<TimeSpan, Task>? LetTimePass { get; init; }

    /// <summary>Ends a node as if its process was gone: nothing that it holds is given back, nor renewed. Null, the default: the tier is disposed.</summary>
    public Func<ITier, ValueTask>? Kill { get; init; }

    /// <summary>Puts a key on hold for a time. Null, the default, for a tier that has no holds: the rules about them are then left out of <see cref="All"/>.</summary>
    public Func<ITier, string, TimeSpan, Task>? Hold { get; init; }

    /// <summary>The name of the cache that the tiers are attached for. "contract" by default.</summary>
    public string CacheName { get; init; } = "contract";

    /// <summary>How long a rule waits, in real time, for what must happen. 10 seconds by default; only a broken tier makes it wait so long.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// True by default. False for a tier that can not tell of every change of a key that was missing when it was read, as over a store whose keys move between nodes: its observations of missing keys then
    /// allow no keeping, and the rules ask for that instead.
    /// </summary>
    public bool WatchesMissing { get; init; } = true;

    /// <summary>How the tier answers readers.</summary>
    public ReadingRules Reading => new(Settings);

    /// <summary>Who gets the right to load a key.</summary>
    public ClaimRules Claims => new(Settings);

    /// <summary>What may become of a load.</summary>
    public FillRules Fills => new(Settings);

    /// <summary>What becomes of a Set and of a Replace.</summary>
    public WriteRules Writes => new(Settings);

    /// <summary>What a snapshot is good for.</summary>
    public SnapshotRules Snapshots => new(Settings);

    /// <summary>What removing and expiring do.</summary>
    public RemovalRules Removals => new(Settings);

    /// <summary>How numbers are added to.</summary>
    public NumberRules Numbers => new(Settings);

    /// <summary>How fences behave.</summary>
    public FenceRules Fences => new(Settings);

    /// <summary>What a node is told of what others do.</summary>
    public NewsRules News => new(Settings);

    /// <summary>What keys, bodies, lifetimes and callers the tier must bear.</summary>
    public FormRules Forms => new(Settings);

    /// <summary>Every rule that applies to the tier.</summary>
    public IEnumerable<ContractRule> All =>
        new TierRules[] { Reading, Claims, Fills, Writes, Snapshots, Removals, Numbers, Fences, News, Forms }.SelectMany(static rules => rules.All);

    private TierContractSettings Settings => new(_make, MakeAnother, LetTimePass, Kill, Hold, CacheName, Patience) { WatchesMissing = WatchesMissing };
}
