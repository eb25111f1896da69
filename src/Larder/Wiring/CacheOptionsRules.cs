using System.Globalization;
using Larder.Keys;

namespace Larder.Wiring;

/// <summary>What a cache's settings must be. All problems are found at once; each names the path, the value, the limit and the remedy.</summary>
internal static class CacheOptionsRules
{
    private const int LongestKey = 65_535;

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
        return problems;

        void Between(string setting, int value, int least, int most)
        {
            if (value < least || value > most)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{path}{setting} is {value}; set it from {least} to {most}."));
            }
        }
    }
}
