namespace Larder.Benchmarks.Harness;

/// <summary>The rounds of all contestants, and what can be read off them.</summary>
internal sealed class RaceResult
{
    private readonly Dictionary<string, List<Round>> _rounds = [];

    internal void Add(string contestant, Round round)
    {
        if (!_rounds.TryGetValue(contestant, out var rounds))
        {
            rounds = [];
            _rounds.Add(contestant, rounds);
        }

        rounds.Add(round);
    }

    /// <summary>A contestant by itself.</summary>
    internal Row Alone(string contestant, Metric metric) =>
        new(contestant, metric, Value(contestant, metric), Bytes(contestant), To: null, Ratio: null);

    /// <summary>A contestant beside a peer. The ratio is the median of the ratios of single rounds.</summary>
    internal Row Beside(string contestant, string peer, Metric metric) =>
        Alone(contestant, metric) with { To = peer, Ratio = Ratio(contestant, peer, metric) };

    /// <summary>What a contestant allocates beyond what another does, per operation.</summary>
    internal double? BytesBeyond(string contestant, string other)
    {
        var difference = _rounds[contestant].Zip(_rounds[other], static (ours, theirs) => ours.BytesPerOperation - theirs.BytesPerOperation);
        return Middle(difference);
    }

    private Spread Value(string contestant, Metric metric) => Spread.Of(_rounds[contestant].Select(round => round.Read(metric)));

    private double Ratio(string contestant, string peer, Metric metric) =>
        Spread.Of(_rounds[contestant].Zip(_rounds[peer], (ours, theirs) => ours.Read(metric) / theirs.Read(metric))).Median;

    private double? Bytes(string contestant) => Middle(_rounds[contestant].Select(static round => round.BytesPerOperation));

    // The median rather than the mean: a method that is compiled late, or a growing table, is not the operation's.
    private static double? Middle(IEnumerable<double?> bytes)
    {
        double[] known = [.. bytes.OfType<double>()];
        return known.Length == 0 ? null : Spread.Of(known).Median;
    }
}
