namespace Larder.Resp.Options;

/// <summary>
/// One setting that a connection string may hold. <paramref name="Apply"/> puts a value into the draft, and answers with the remedy
/// where it can not.
/// </summary>
/// <param name="Name">The name under which it is documented; other names of the same setting share it.</param>
/// <param name="Apply">Takes the value over.</param>
/// <param name="IsSecret">Whether the value must never be shown.</param>
internal sealed record Setting(string Name, Func<SettingDraft, string, string?> Apply, bool IsSecret = false)
{
    private const int LongestShownValue = 64;

    /// <summary>Applies the value; notes what is wrong under the name that the author of the string used.</summary>
    internal void Take(SettingDraft draft, string writtenName, string value, List<string> problems)
    {
        if (!draft.Note(Name))
        {
            var alias = string.Equals(Name, writtenName, StringComparison.OrdinalIgnoreCase) ? "" : $" (another name of {Name})";
            problems.Add($"{writtenName}{alias} is given twice; keep one of them.");
        }
        else if (Apply(draft, value) is { } remedy)
        {
            problems.Add($"{writtenName} is {(IsSecret ? "not usable" : Shown(value))}; {remedy}.");
        }
    }

    private static string Shown(string value) => value switch
    {
        "" => "empty",
        { Length: > LongestShownValue } => $"\"{value[..LongestShownValue]}...\"",
        _ => $"\"{value}\"",
    };
}
