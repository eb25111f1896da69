using HouseMap.Model;

namespace Larder.Architecture.Tests.Rules;

/// <summary>Fails a test with every offender and the remedy.</summary>
internal static class Verdict
{
    public static void Demand(IRule rule, House house)
    {
        var offences = Offences(rule, house);
        Assert.True(offences.Count == 0, Describe(rule, offences));
    }

    /// <summary>The offences in the order of the source; what is said twice of one line is said once.</summary>
    public static IReadOnlyList<Offence> Offences(IRule rule, House house) =>
        [.. rule.Check(house)
            .Distinct()
            .OrderBy(offence => offence.Path, StringComparer.Ordinal)
            .ThenBy(offence => offence.Line)
            .ThenBy(offence => offence.What, StringComparer.Ordinal)];

    public static string Describe(IRule rule, IReadOnlyList<Offence> offences) =>
        $"{rule.Demand}. Offenders: {offences.Count}\n"
        + string.Concat(offences.Select(offence => $"  {offence}\n"))
        + rule.Remedy;
}
