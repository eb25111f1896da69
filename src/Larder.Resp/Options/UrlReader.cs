using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Larder.Resp.Options;

/// <summary>
/// Reads <c>redis://user:password@host:port,host2:port/database?name=value&amp;...</c> and <c>unix://user:password@/path?...</c>. It is
/// stricter than the platform's reader of URLs: a reserved character that was not percent-encoded is refused, because it would
/// silently move a piece of a password into the host, the path or the query. Problems never repeat what stands before the query.
/// </summary>
internal sealed class UrlReader(string scheme, string rest, SettingDraft draft, List<string> problems)
{
    private const string EncodingRemedy =
        "percent-encode reserved characters in the user, the password and the path (@ as %40, / as %2F, ? as %3F, # as %23, , as %2C, % as %25)";

    private const int LongestShownName = 24;

    internal void Read()
    {
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        var place = query < 0 ? rest : rest[..query];
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? place : place[..slash];
        if (rest.Contains('#', StringComparison.Ordinal) || rest.IndexOf('@', authority.Length) >= 0)
        {
            problems.Add($"The {scheme}:// URL has a # or an @ where none can be; {EncodingRemedy}.");
            return;
        }

        var at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            ReadLogIn(authority[..at]);
        }

        var hosts = authority[(at + 1)..];
        if (scheme == SettingsText.UnixScheme)
        {
            ReadSocket(hosts, slash < 0 ? "" : place[slash..]);
        }
        else
        {
            ReadHosts(hosts);
            ReadDatabase(slash < 0 ? "" : place[(slash + 1)..]);
        }

        if (query >= 0)
        {
            ReadQuery(rest[(query + 1)..]);
        }
    }

    private void ReadLogIn(string logIn)
    {
        var colon = logIn.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            problems.Add(
                $"The {scheme}:// URL has one word before the @, which could be a user or a password; write user:password@, or :password@ without a user.");
            return;
        }

        Take("user", logIn[..colon]);
        Take("password", logIn[(colon + 1)..]);
    }

    private void Take(string name, string encoded)
    {
        if (Decode(encoded) is not { } value)
        {
            problems.Add($"The {name} in the {scheme}:// URL is not percent-encoded as it should be; {EncodingRemedy}.");
        }
        else if (value.Length > 0)
        {
            SettingTable.Find(name)!.Take(draft, name, value, problems);
        }
    }

    private void ReadHosts(string hosts)
    {
        var number = 0;
        foreach (var host in hosts.Split(',', StringSplitOptions.TrimEntries))
        {
            number++;
            var problem = host.Length == 0 ? "is empty; write host:port" : EndPointText.Add(draft, host);
            if (problem is not null)
            {
                problems.Add($"End point {number.ToString(CultureInfo.InvariantCulture)} of the {scheme}:// URL {problem}.");
            }
        }
    }

    private void ReadDatabase(string path)
    {
        if (path.Length == 0)
        {
            return;
        }

        if (path.Length > 9 || !path.All(char.IsAsciiDigit))
        {
            problems.Add($"The path of the {scheme}:// URL is not the number of a database; write host:port/0, and settings behind a ?.");
            return;
        }

        SettingTable.Find("defaultDatabase")!.Take(draft, "defaultDatabase", path, problems);
    }

    private void ReadSocket(string hosts, string path)
    {
        if (hosts.Length > 0 || path.Length < 2 || path.Contains(',', StringComparison.Ordinal))
        {
            problems.Add("The unix:// URL is not of the form unix:///path?name=value; put three slashes before the path, and settings behind a ?.");
        }
        else if (Decode(path) is { } decoded)
        {
            draft.UnixPath = decoded;
        }
        else
        {
            problems.Add($"The path of the unix:// URL is not percent-encoded as it should be; {EncodingRemedy}.");
        }
    }

    private void ReadQuery(string query)
    {
        var part = 0;
        foreach (var pair in query.Split('&', StringSplitOptions.TrimEntries))
        {
            part++;
            if (pair.Length == 0)
            {
                continue;
            }

            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            var value = equals < 0 ? null : Decode(pair[(equals + 1)..]);
            if (name is null || value is null)
            {
                problems.Add(
                    $"Setting {part.ToString(CultureInfo.InvariantCulture)} behind the ? of the {scheme}:// URL is not a percent-encoded name=value;"
                    + " write & only between settings, and %26 inside of them.");
            }
            else if (SettingTable.Find(name) is { } setting)
            {
                setting.Take(draft, name, value, problems);
            }
            else
            {
                problems.Add(Unknown(name, part));
            }
        }
    }

    private string Unknown(string name, int part)
    {
        var shown = name.Length is > 0 and <= LongestShownName && name.All(char.IsAsciiLetter)
            ? $"\"{name}\""
            : $"Setting {part.ToString(CultureInfo.InvariantCulture)} behind the ? of the {scheme}:// URL";
        return $"{shown} is not a known setting; those known are {SettingTable.KnownNames}.";
    }

    /// <summary>The decoded text; null where a percent sign does not begin an escape, or the whole is not UTF-8.</summary>
    private static string? Decode(string encoded)
    {
        if (!encoded.Contains('%', StringComparison.Ordinal))
        {
            return encoded;
        }

        var bytes = new List<byte>(encoded.Length);
        foreach (var piece in encoded.Split('%').Index())
        {
            var text = piece.Item.AsSpan();
            if (piece.Index > 0)
            {
                if (text.Length < 2 || !byte.TryParse(text[..2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var escaped))
                {
                    return null;
                }

                bytes.Add(escaped);
                text = text[2..];
            }

            bytes.AddRange(Encoding.UTF8.GetBytes(text.ToString()));
        }

        var all = bytes.ToArray();
        return Utf8.IsValid(all) ? Encoding.UTF8.GetString(all) : null;
    }
}
