using Larder.HitRatio;

namespace Larder.Memory.Tests.Simulation;

/// <summary>Made-up request sequences, the same on every machine.</summary>
internal static class Traces
{
    internal static List<Access> Zipf(int items, double skew, int length, int seed)
    {
        var cumulative = new double[items];
        var sum = 0.0;
        for (var i = 0; i < items; i++)
        {
            sum += 1 / Math.Pow(i + 1, skew);
            cumulative[i] = sum;
        }

        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, length).Select(_ =>
            {
                var place = Array.BinarySearch(cumulative, random.NextDouble() * sum);
                return new Access((ulong)Math.Min(items - 1, place < 0 ? ~place : place));
            }),
        ];
    }

    internal static List<Access> Loop(int items, int length) =>
        [.. Enumerable.Range(0, length).Select(i => new Access((ulong)(i % items)))];

    internal static List<Access> Scan(int length) => [.. Enumerable.Range(0, length).Select(i => new Access((ulong)i))];

    /// <summary>A popular set, disturbed now and then by scans over keys that never come again.</summary>
    internal static List<Access> Mixed(int length, int scanLength, int seed)
    {
        var random = new Random(seed);
        var popular = Zipf(5000, 0.9, length, seed);
        var requests = new List<Access>();
        ulong fresh = 1_000_000;
        foreach (var access in popular)
        {
            requests.Add(access);
            if (random.Next(scanLength * 4) == 0)
            {
                for (var i = 0; i < scanLength; i++)
                {
                    requests.Add(new Access(fresh++));
                }
            }
        }

        return requests;
    }

    /// <summary>Objects of many sizes, the popular ones no smaller than the others.</summary>
    internal static List<Access> Sized(int items, int length, int seed)
    {
        var random = new Random(seed);
        var sizes = Enumerable.Range(0, items).Select(_ => (long)(64 * Math.Pow(1000, random.NextDouble()))).ToArray();
        return [.. Zipf(items, 0.8, length, seed + 1).Select(access => access with { Size = sizes[access.Key] })];
    }
}
