using System.Globalization;

namespace Larder.Resp.Options;

/// <summary>
/// Reads <c>host:port,name=value,...</c>. A value, or an end point, that begins with a double quote goes to the next one;
/// two of them inside stand for one. Anything after a password that was not quoted is suspected to be the rest of a password with
/// a comma in it: end points are not accepted there, and an unknown setting is named only if it looks like a word.
/// </summary>
internal sealed class ListReader(string text, SettingDraft draft, List<string> problems)
{
    private const int LongestShownName = 24;

    private int _position;
    private int _part;
    private bool _afterOpenSecret;

    internal void Read()
    {
        while (_position < text.Length)
        {
            _part++;
            ReadPart();
        }
    }

    private void ReadPart()
    {
        SkipWhiteSpace();
        if (Peek() == '"')
        {
            if (ReadQuoted() is { } endPoint)
            {
                TakeEndPoint(endPoint);
            }

            return;
        }

        var start = _position;
        while (_position < text.Length && text[_position] is not (',' or '='))
        {
            _position++;
        }

        var name = text[start.._position].Trim();
        if (Peek() == '=')
        {
            _position++;
            ReadValue(name);
            return;
        }

        _position++;
        if (name.Length > 0)
        {
            TakeEndPoint(name);
        }
    }

    private void ReadValue(string name)
    {
        SkipWhiteSpace();
        var setting = SettingTable.Find(name);
        var isQuoted = Peek() == '"';
        var value = isQuoted ? ReadQuoted() : ReadOpen();
        if (value is null)
        {
            return;
        }

        if (setting is not null)
        {
            setting.Take(draft, name, value, problems);
        }
        else
        {
            problems.Add(Unknown(name));
        }

        _afterOpenSecret |= setting is { IsSecret: true } && (!isQuoted || value.Length == 0);
    }

    private string ReadOpen()
    {
        var end = text.IndexOf(',', _position);
        end = end < 0 ? text.Length : end;
        var value = text[_position..end].Trim();
        _position = end + 1;
        return value;
    }

    /// <summary>The text between the quotes; null after a problem, with the whole rest given up, because it may be a password.</summary>
    private string? ReadQuoted()
    {
        var value = new System.Text.StringBuilder();
        for (_position++; _position < text.Length; _position++)
        {
            if (text[_position] != '"')
            {
                value.Append(text[_position]);
            }
            else if (_position + 1 < text.Length && text[_position + 1] == '"')
            {
                value.Append('"');
                _position++;
            }
            else
            {
                return EndQuoted(value.ToString());
            }
        }

        problems.Add($"Part {Part} of the connection string begins with a quote that is never closed; write a quote inside a value twice.");
        return null;
    }

    private string? EndQuoted(string value)
    {
        _position++;
        SkipWhiteSpace();
        if (_position >= text.Length || text[_position] == ',')
        {
            _position++;
            return value;
        }

        _position = text.Length;
        problems.Add($"Part {Part} of the connection string goes on after its closing quote; write a quote inside a value twice, and a comma after it.");
        return null;
    }

    private void TakeEndPoint(string written)
    {
        if (_afterOpenSecret)
        {
            problems.Add(
                $"Part {Part} of the connection string is no setting and comes after a password; put the end points first, or, if the password"
                + " has a comma in it, put it into double quotes.");
        }
        else if (UnixPath(written) is { } path)
        {
            TakeUnixPath(path);
        }
        else if (EndPointText.Add(draft, written) is { } problem)
        {
            // user:password@host with a comma in the password ends up here.
            _afterOpenSecret = true;
            problems.Add($"End point {Part} of the connection string {problem}.");
        }
    }

    private void TakeUnixPath(string path)
    {
        if (path.Length == 0 || path[0] != '/')
        {
            problems.Add($"End point {Part} of the connection string is a unix socket without an absolute path; write unix:/path.");
        }
        else if (draft.UnixPath is not null)
        {
            problems.Add("The connection string names two unix sockets; keep one of them.");
        }
        else
        {
            draft.UnixPath = path;
        }
    }

    private string Unknown(string name)
    {
        if (name.StartsWith('$') && IsShowable(name[1..]))
        {
            return $"{name} is not supported: {ForeignSettings.CommandMapRemedy}.";
        }

        return $"{(IsShowable(name) ? $"\"{name}\"" : $"Part {Part} of the connection string")} is not a known setting;"
            + $" those known are {SettingTable.KnownNames}."
            + (_afterOpenSecret ? " If the password before it has a comma in it, put it into double quotes." : "");
    }

    private bool IsShowable(string name) =>
        name.Length is > 0 and <= LongestShownName
        && name.All(char.IsAsciiLetter)
        && (char.IsAsciiLetterLower(name[0]) || !_afterOpenSecret);

    // StackExchange.Redis writes unix sockets with an exclamation mark.
    private static string? UnixPath(string written) =>
        written.StartsWith("unix:", StringComparison.OrdinalIgnoreCase) ? written["unix:".Length..]
        : written.StartsWith('!') ? written[1..]
        : null;

    private string Part => _part.ToString(CultureInfo.InvariantCulture);

    private char Peek() => _position < text.Length ? text[_position] : '\0';

    private void SkipWhiteSpace()
    {
        while (_position < text.Length && char.IsWhiteSpace(text[_position]))
        {
            _position++;
        }
    }
}
