using System.Globalization;
using Larder.Keys;

namespace Larder.Wiring;

/// <summary>What a cache's settings must be. All problems are found at once; each names the path, the value, the limit and the remedy.</summary>
internal static class CacheOptionsRules
{
    private const int LongestKey = 65_535;

    private static readonly TimeSpan ShortestLease = TimeSpan.FromMilliseconds(100);

    internal static List<string> Problems(string name, CacheOptions options)
    {
        var path = $"Larder:{name}:";
        var problems = new List<string>();
        if (KeyRules.NameProblem(name) is { } nameProblem)
        {
            problems.Add($"The cache name \"{name}\" {nameProblem}.");
        }

        if (options.Defaults is null)
        {
            problems.Add($"{path}Defaults is null; set it to an EntryOptions, which may be empty.");
        }
        else
        {
            problems.AddRange(EntryOptionsRules.Problems(options.Defaults, path));
        }

        if (options.MemoryLimit.IsInBytes && options.Sizer is null)
        {
            problems.Add($"{path}MemoryLimit is {options.MemoryLimit}, but Sizer is null; set Sizer to measure values, or limit the entries.");
        }

        Between(nameof(options.MaximumKeyLength), options.MaximumKeyLength, 1, LongestKey);
        Between(nameof(options.MaximumValueBytes), options.MaximumValueBytes, 1, Array.MaxLength);
        Between(nameof(options.MaxConcurrentRefreshes), options.MaxConcurrentRefreshes, 0, int.MaxValue);
        EntryOptionsRules.AddDurationProblem(problems, path + nameof(options.DrainTimeout), options.DrainTimeout);
        AddTierProblems(problems, path, options);
        return problems;

        void Between(string setting, int value, int least, int most)
        {
            if (value < least || value > most)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{path}{setting} is {value}; set it from {least} to {most}."));
            }
        }
    }

    private static void AddTierProblems(List<string> problems, string path, CacheOptions options)
    {
        EntryOptionsRules.AddDurationProblem(problems, path + nameof(options.TierTimeout), options.TierTimeout);
        EntryOptionsRules.AddDurationProblem(problems, path + nameof(options.LoadLease), options.LoadLease);
        if (options.LoadWait is { } wait)
        {
            EntryOptionsRules.AddDurationProblem(problems, path + nameof(options.LoadWait), wait);
        }

        if (options.TierTimeout == TimeSpan.Zero)
        {
            problems.Add($"{path}{nameof(options.TierTimeout)} is zero, so that no tier could ever answer; set it to more than zero.");
        }

        if (options.LoadLease >= TimeSpan.Zero && options.LoadLease < ShortestLease)
        {
            problems.Add($"{path}{nameof(options.LoadLease)} is {options.LoadLease}; set it to {ShortestLease} or more.");
        }

        if (options.Copies is not null && options.Authority is null)
        {
            problems.Add($"{path}{nameof(options.Copies)} is set, but {nameof(options.Authority)} is null; copies count only while an authority confirms them. Set {nameof(options.Authority)}.");
        }

        if (options.Journal is not null && !options.QueueRemovals)
        {
            problems.Add($"{path}{nameof(options.Journal)} is set, but {nameof(options.QueueRemovals)} is false; set it to true, or leave the journal out.");
        }
    }
}
