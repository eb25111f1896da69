using System.Buffers;
using System.Globalization;

namespace Larder.Keys;

/// <summary>
/// What keys, tags and names must look like. Checked where nothing was found: an invalid key is never stored, so it
/// can not hit.
/// </summary>
internal static class KeyRules
{
    /// <summary>The tag that stands for everything.</summary>
    internal const string EverythingTag = "*";

    // The control characters (C0, DEL and C1) and the surrogates. A key without any of them is fine at a glance; one
    // with surrogates is looked at once more, for they may come in proper pairs.
    private static readonly SearchValues<char> Suspects = SearchValues.Create(AllSuspects());

    private static readonly SearchValues<char> NameLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Refuses a bad key. The message tells its length and what is wrong, but not the key.</summary>
    internal static void Check(ReadOnlySpan<char> key, int maximumLength)
    {
        if (Problem(key, maximumLength) is { } problem)
        {
            throw new ArgumentException($"The key {problem}", nameof(key));
        }
    }

    /// <summary>Refuses a list with a bad key, or none, in it.</summary>
    internal static void CheckAll(ReadOnlySpan<string> keys, int maximumLength)
    {
        foreach (var key in keys)
        {
            if (key is null)
            {
                throw new ArgumentException("A key is null; leave it out.", nameof(keys));
            }

            Check(key, maximumLength);
        }
    }

    /// <summary>Refuses a bad name of a lock.</summary>
    internal static void CheckLockName(string name, int maximumLength)
    {
        if (Problem(name, maximumLength) is { } problem)
        {
            throw new ArgumentException($"The name of the lock {problem}", nameof(name));
        }
    }

    internal static void CheckTags(ReadOnlySpan<string> tags, int maximumLength)
    {
        foreach (var tag in tags)
        {
            if (tag is null)
            {
                throw new ArgumentException("A tag is null; leave it out.", nameof(tags));
            }

            CheckTag(tag, maximumLength);
            if (tag == EverythingTag)
            {
                throw new ArgumentException("The tag \"*\" is reserved for everything; give the entry another tag.", nameof(tags));
            }
        }
    }

    internal static void CheckTag(string tag, int maximumLength)
    {
        if (Problem(tag, maximumLength) is { } problem)
        {
            throw new ArgumentException($"A tag {problem}", nameof(tag));
        }
    }

    /// <summary>What is wrong with the name of a cache; null when nothing is.</summary>
    internal static string? NameProblem(string name) =>
        name.Length == 0 ? "is empty; give the cache a name"
        : name.AsSpan().ContainsAnyExcept(NameLetters) ? "has other characters than letters, digits, '-', '_' and '.'; leave them out"
        : null;

    private static string? Problem(ReadOnlySpan<char> text, int maximumLength)
    {
        if (text.IsEmpty)
        {
            return "is empty; it needs at least one character.";
        }

        if (text.Length > maximumLength)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"has {text.Length} characters; the limit is {maximumLength} (MaximumKeyLength): shorten it, or hash its long part.");
        }

        var at = text.IndexOfAny(Suspects);
        return at < 0 ? null : ProblemFrom(text, at);
    }

    private static string? ProblemFrom(ReadOnlySpan<char> text, int start)
    {
        for (var i = start; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
            {
                return string.Create(
                    CultureInfo.InvariantCulture, $"has the control character U+{(int)text[i]:X4} at position {i}; leave it out.");
            }

            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return string.Create(
                    CultureInfo.InvariantCulture, $"has half a surrogate pair at position {i}, which is no text; leave it out.");
            }
        }

        return null;
    }

    private static string AllSuspects() =>
        string.Concat(Enumerable.Range(char.MinValue, char.MaxValue + 1).Select(c => (char)c).Where(c => char.IsControl(c) || char.IsSurrogate(c)));
}
