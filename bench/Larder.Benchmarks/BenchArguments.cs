using System.Diagnostics.CodeAnalysis;
using Larder.Benchmarks.Harness;

namespace Larder.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchArguments(IReadOnlyList<Suite> Suites, bool IsJson)
{
    internal const string JsonOption = "--json";

    internal static bool TryRead(
        string[] args, [NotNullWhen(true)] out BenchArguments? arguments, [NotNullWhen(false)] out string? problem)
    {
        var suites = new List<Suite>();
        var isJson = false;
        arguments = null;
        problem = null;
        foreach (var argument in args)
        {
            if (argument == JsonOption)
            {
                isJson = true;
            }
            else if (argument == SuiteCatalog.Everything)
            {
                suites.AddRange(SuiteCatalog.All);
            }
            else if (SuiteCatalog.All.FirstOrDefault(suite => suite.Name == argument) is { } named)
            {
                suites.Add(named);
            }
            else
            {
                var known = string.Join(", ", SuiteCatalog.All.Select(suite => suite.Name));
                problem = $"\"{argument}\" is neither a suite nor {JsonOption}; the suites are {known}, or {SuiteCatalog.Everything} for all of them.";
                return false;
            }
        }

        if (isJson && suites.Count == 0)
        {
            problem = $"{JsonOption} needs a suite; name one, or {SuiteCatalog.Everything}.";
            return false;
        }

        arguments = new BenchArguments([.. suites.Distinct()], isJson);
        return true;
    }
}
