namespace Larder.Benchmarks.Suites;

/// <summary>
/// An endless row of keys of which the n-th most popular is asked for in proportion to n to the power of -0.99, the
/// usual model of skewed demand. The same in every run. Each key is a new string, as an application makes its keys
/// anew for each request.
/// </summary>
internal sealed class ZipfKeys
{
    private const double Exponent = 0.99;
    private const int Seed = 20_260_401;
    private readonly double[] _upTo;
    private readonly int[] _ids;
    private readonly Random _random = new(Seed);

    /// <summary>Prepares the popularities.</summary>
    /// <param name="count">How many different keys there are.</param>
    internal ZipfKeys(int count)
    {
        _upTo = new double[count];
        _ids = new int[count];
        var sum = 0.0;
        for (var rank = 0; rank < count; rank++)
        {
            sum += Math.Pow(rank + 1, -Exponent);
            _upTo[rank] = sum;
            _ids[rank] = KeySet.FirstId + rank;
        }

        // Which keys are popular has nothing to do with their names.
        new Random(Seed).Shuffle(_ids);
    }

    /// <summary>Replaces all keys in the array by the next ones.</summary>
    internal void Fill(string[] keys)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            var place = Array.BinarySearch(_upTo, _random.NextDouble() * _upTo[^1]);
            keys[i] = KeySet.Key(_ids[place < 0 ? ~place : place]);
        }
    }
}
