using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Larder.HitRatio;

/// <summary>Reads a trace as a stream, unpacking it where it is gzip, and says of a bad line where it is and what it holds.</summary>
internal sealed class TraceReader(string path, TraceFormat format)
{
    private const int OracleRecordLength = 24;

    // A line of an ARC trace stands for at most so many requests; more is a broken line, not a request.
    private const long MostKeysPerLine = 1 << 24;

    internal IEnumerable<Access> Read()
    {
        if (!File.Exists(path))
        {
            throw new TraceException($"There is no trace file '{path}'.");
        }

        return format == TraceFormat.Oracle ? ReadRecords() : ReadLines();
    }

    private static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        var isGzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private IEnumerable<Access> ReadLines()
    {
        using var reader = new StreamReader(Open(path), Encoding.UTF8, detectEncodingFromByteOrderMarks: true, 1 << 16);
        for (var number = 1; NextLine(reader, number) is { } line; number++)
        {
            var text = line.AsSpan().Trim();
            if (text.IsEmpty || (format == TraceFormat.Lirs && text.Contains('*')))
            {
                continue;
            }

            var (access, count) = format switch
            {
                TraceFormat.Arc => Arc(line, number),
                TraceFormat.Lirs => (new Access(Number(text, line, number)), 1),
                _ => (Csv(line, number), 1L),
            };
            for (var offset = 0L; offset < count; offset++)
            {
                yield return access with { Key = access.Key + (ulong)offset };
            }
        }
    }

    private string? NextLine(StreamReader reader, int number)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (InvalidDataException exception)
        {
            throw new TraceException($"{path}, line {number}: the gzip data is damaged ({exception.Message}).");
        }
    }

    private (Access Access, long Count) Arc(string line, int number)
    {
        var text = line.AsSpan().Trim();
        Span<Range> fields = stackalloc Range[5];
        var found = text.SplitAny(fields, " \t", StringSplitOptions.RemoveEmptyEntries);
        if (found is < 2 or > 4)
        {
            throw Bad(line, number, "expected 'start count ignored request'");
        }

        var count = Number(text[fields[1]], line, number);
        return count <= MostKeysPerLine
            ? (new Access(Number(text[fields[0]], line, number)), (long)count)
            : throw Bad(line, number, $"a count of {count} is more than {MostKeysPerLine}");
    }

    private Access Csv(string line, int number)
    {
        var text = line.AsSpan().Trim();
        var comma = text.LastIndexOf(',');
        var key = comma < 0 ? text : text[..comma].Trim();
        if (key.IsEmpty)
        {
            throw Bad(line, number, "the key is empty");
        }

        if (comma < 0)
        {
            return new Access(KeyOf(key));
        }

        var size = Number(text[(comma + 1)..].Trim(), line, number);
        return size is > 0 and <= long.MaxValue
            ? new Access(KeyOf(key), (long)size)
            : throw Bad(line, number, $"a size of {size} is not from 1 to {long.MaxValue}");
    }

    // A key that is no number is known by its hash; of a million such keys no two share one but by a chance of 1 in 37 million.
    // So is one with zeros in front: '007' is another key than '7'.
    private static ulong KeyOf(ReadOnlySpan<char> key) =>
        (key[0] != '0' || key.Length == 1) && ulong.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : TextHash.Of(key);

    private ulong Number(ReadOnlySpan<char> text, string line, int number) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Bad(line, number, $"{Shorten(text)} is not a whole number");

    private IEnumerable<Access> ReadRecords()
    {
        using var stream = Open(path);
        var record = new byte[OracleRecordLength];
        for (var number = 1L; ; number++)
        {
            var length = Fill(stream, record, number);
            if (length == 0)
            {
                yield break;
            }

            if (length < OracleRecordLength)
            {
                throw new TraceException(
                    $"{path}, record {number}: the file ends after {length} of {OracleRecordLength} bytes ({Convert.ToHexString(record, 0, length)}).");
            }

            yield return new Access(
                BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(4)),
                Math.Max(1, BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(12))));
        }
    }

    private int Fill(Stream stream, byte[] record, long number)
    {
        try
        {
            return stream.ReadAtLeast(record, OracleRecordLength, throwOnEndOfStream: false);
        }
        catch (InvalidDataException exception)
        {
            throw new TraceException($"{path}, record {number}: the gzip data is damaged ({exception.Message}).");
        }
    }

    private static string Shorten(ReadOnlySpan<char> text)
    {
        const int Shown = 100;
        return text.Length <= Shown ? $"'{Printable(text)}'" : $"'{Printable(text[..Shown])}…'";
    }

    // A file that is no text at all shall not give orders to the terminal.
    private static string Printable(ReadOnlySpan<char> text)
    {
        var shown = text.ToArray();
        for (var place = 0; place < shown.Length; place++)
        {
            shown[place] = char.IsControl(shown[place]) && shown[place] != '\t' ? '\uFFFD' : shown[place];
        }

        return new string(shown);
    }

    private TraceException Bad(string line, int number, string what) => new($"{path}, line {number}: {what}: {Shorten(line)}.");
}
