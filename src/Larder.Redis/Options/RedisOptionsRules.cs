using System.Buffers;
using System.Globalization;
using System.Numerics;
using Larder.Resp;

namespace Larder.Redis.Options;

/// <summary>What the settings must be. All problems are found at once; each names the setting, the value, the limit and the remedy.</summary>
internal static class RedisOptionsRules
{
    private const int LongestPrefix = 128;
    private const int MostReplicas = 100;
    private const int MostRanges = 1_024;

    private static readonly SearchValues<char> PrefixLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private static readonly TimeSpan ShortestLease = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    internal static List<string> Problems(RedisOptions options)
    {
        var problems = new List<string>();
        AddConnectionProblems(options, problems);
        AddPrefixProblem(options.Prefix, problems);
        if (!Enum.IsDefined(options.Level))
        {
            problems.Add(Text($"RedisOptions.Level is {(int)options.Level}; set it to Eventual, Bounded or Strict."));
        }

        if (!Enum.IsDefined(options.Transport))
        {
            problems.Add(Text($"RedisOptions.Transport is {(int)options.Transport}; set it to Tracking or PubSub."));
        }
        else if (options.Transport == RedisTransport.PubSub && options.Level != CoherenceLevel.Eventual)
        {
            problems.Add(
                $"RedisOptions.Level is {options.Level}, but RedisOptions.Transport is PubSub, whose messages come later than answers, which allows only Eventual: set Level to Eventual, or Transport to Tracking.");
        }

        Between(nameof(options.CoherenceLease), options.CoherenceLease, ShortestLease, Hour, problems);
        if (options.CoherenceLease.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            problems.Add(Text($"RedisOptions.CoherenceLease is {options.CoherenceLease}, which nodes compare in whole milliseconds; leave the fraction out."));
        }

        Between(nameof(options.WriteLease), options.WriteLease, Millisecond, Hour, problems);
        Between(nameof(options.ReplicaTimeout), options.ReplicaTimeout, Millisecond, Minute, problems);
        if (options.WaitReplicas is < 0 or > MostReplicas)
        {
            problems.Add(Text($"RedisOptions.WaitReplicas is {options.WaitReplicas}; set it from 0 to {MostReplicas}."));
        }

        AddClusterProblems(options, problems);
        if (options.ClusterRanges is < 1 or > MostRanges || !BitOperations.IsPow2(options.ClusterRanges))
        {
            problems.Add(Text($"RedisOptions.ClusterRanges is {options.ClusterRanges}; set it to a power of two from 1 to {MostRanges}."));
        }

        return problems;
    }

    /// <summary>Throws unless the settings can be used.</summary>
    internal static void Check(RedisOptions options)
    {
        var problems = Problems(options);
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", problems), nameof(options));
        }
    }

    private static void AddConnectionProblems(RedisOptions options, List<string> problems)
    {
        if (options.ConnectionString is null && options.Connection is null)
        {
            problems.Add("RedisOptions.ConnectionString and RedisOptions.Connection are null; set one of them, such as ConnectionString = \"localhost:6379\".");
            return;
        }

        if (options.ConnectionString is not null && options.Connection is not null)
        {
            problems.Add("RedisOptions.ConnectionString and RedisOptions.Connection are both set; keep one of them.");
            return;
        }

        if (options.ConnectionString is { } text && !RespOptions.TryParse(text, out _, out var found))
        {
            problems.AddRange(found.Select(static problem => $"RedisOptions.ConnectionString: {problem}"));
        }

        if (options.Connection is { } connection)
        {
            problems.AddRange(connection.FindProblems().Select(static problem => $"RedisOptions.Connection: {problem}"));
        }
    }

    private static void AddClusterProblems(RedisOptions options, List<string> problems)
    {
        var connection = options.Connection;
        if (connection is null && (options.ConnectionString is null || !RespOptions.TryParse(options.ConnectionString, out connection, out _)))
        {
            return;
        }

        if (connection!.Topology != RespTopologyKind.Cluster)
        {
            return;
        }

        if (options.Transport == RedisTransport.PubSub)
        {
            problems.Add("RedisOptions.Transport is PubSub, but the topology is a cluster, whose nodes have tracking: set Transport to Tracking.");
        }

        if (options.WaitReplicas != 0)
        {
            problems.Add(Text($"RedisOptions.WaitReplicas is {options.WaitReplicas}, but the topology is a cluster, where it is not to be had: set it to 0."));
        }
    }

    private static void AddPrefixProblem(string? prefix, List<string> problems)
    {
        if (string.IsNullOrEmpty(prefix))
        {
            problems.Add("RedisOptions.Prefix is empty; set it to a word such as \"larder\".");
        }
        else if (prefix.Length > LongestPrefix)
        {
            problems.Add(Text($"RedisOptions.Prefix has {prefix.Length} characters; set it to at most {LongestPrefix}."));
        }
        else if (prefix.AsSpan().ContainsAnyExcept(PrefixLetters))
        {
            problems.Add($"RedisOptions.Prefix is \"{prefix}\", which has other characters than letters, digits, '-', '_' and '.'; leave them out.");
        }
    }

    private static void Between(string setting, TimeSpan value, TimeSpan least, TimeSpan most, List<string> problems)
    {
        if (value < least || value > most)
        {
            problems.Add(Text($"RedisOptions.{setting} is {value}; set it from {least} to {most}."));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
