using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Larder.HitRatio;

namespace Larder.Memory.Tests.Simulation;

public sealed class TraceReaderTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Arc_Line_ExpandsToItsKeys() =>
        Assert.Equal([5UL, 6, 7, 1], Keys(TraceFormat.Arc, "5 3 0 0\n\n1\t1 0 1\n"));

    [Fact]
    public void Lirs_SeparatorLines_AreSkipped() => Assert.Equal([3UL, 4], Keys(TraceFormat.Lirs, "3\r\n*\r\n4\r\n"));

    [Fact]
    public void Csv_Lines_HaveKeysAndSizes()
    {
        var accesses = Read(TraceFormat.Csv, "7,100\nname\nname,5\na,b,6\n");

        Assert.Equal([100L, 1, 5, 6], accesses.Select(access => access.Size));
        Assert.Equal(7UL, accesses[0].Key);
        Assert.Equal(accesses[1].Key, accesses[2].Key);
        Assert.NotEqual(accesses[1].Key, accesses[3].Key);
    }

    [Fact]
    public void Csv_KeysWithZerosInFront_AreKeysOfTheirOwn()
    {
        var keys = Keys(TraceFormat.Csv, "7\n007\n07\n0\n00\n");

        Assert.Equal(7UL, keys[0]);
        Assert.Equal(0UL, keys[3]);
        Assert.Equal(5, keys.Distinct().Count());
    }

    [Fact]
    public void Oracle_Records_AreReadLittleEndian()
    {
        var bytes = new byte[48];
        Record(bytes, 1, 0x1_0000_0002, 300, 2);
        Record(bytes.AsSpan(24), 2, 9, 0, -1);
        File.WriteAllBytes(_path, bytes);

        var accesses = new TraceReader(_path, TraceFormat.Oracle).Read().ToList();

        Assert.Equal([new Access(0x1_0000_0002, 300), new Access(9, 1)], accesses);
    }

    [Theory]
    [InlineData(TraceFormat.Lirs)]
    [InlineData(TraceFormat.Oracle)]
    public void Gzip_OfAnyFormat_IsUnpacked(object named)
    {
        var format = (TraceFormat)named;
        var content = new byte[24];
        Record(content, 1, 77, 1, -1);
        using (var file = new GZipStream(File.Create(_path), CompressionLevel.Fastest))
        {
            file.Write(format == TraceFormat.Oracle ? content : "77\n"u8);
        }

        Assert.Equal(77UL, Assert.Single(new TraceReader(_path, format).Read()).Key);
    }

    [Theory]
    [InlineData(TraceFormat.Arc, "1 1 0 0\n2 x 0 0\n", "'x' is not a whole number", "2 x 0 0")]
    [InlineData(TraceFormat.Arc, "1 1 0 0\n2\n", "expected 'start count ignored request'", "2")]
    [InlineData(TraceFormat.Arc, "1 1 0 0\n2 99999999999 0 0\n", "more than", "2 99999999999 0 0")]
    [InlineData(TraceFormat.Lirs, "1\n-5\n", "'-5' is not a whole number", "-5")]
    [InlineData(TraceFormat.Csv, "1,1\n2,0\n", "not from 1", "2,0")]
    [InlineData(TraceFormat.Csv, "1,1\n,3\n", "the key is empty", ",3")]
    [InlineData(TraceFormat.Csv, "1,1\nk,big\n", "'big' is not a whole number", "k,big")]
    public void BadLine_OfAnyFormat_IsNamedWithItsPlaceAndContent(object format, string text, string what, string content)
    {
        var exception = Assert.Throws<TraceException>(() => Read((TraceFormat)format, text));

        Assert.Contains($"{_path}, line 2: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(what, exception.Message, StringComparison.Ordinal);
        Assert.Contains($"'{content}'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BadLine_OfGreatLength_IsShownShortened()
    {
        var exception = Assert.Throws<TraceException>(() => Read(TraceFormat.Lirs, new string('x', 100_000)));

        Assert.InRange(exception.Message.Length, 100, 1000);
    }

    [Fact]
    public void Oracle_TruncatedRecord_IsNamed()
    {
        File.WriteAllBytes(_path, new byte[24 + 7]);

        var exception = Assert.Throws<TraceException>(() => new TraceReader(_path, TraceFormat.Oracle).Read().ToList());

        Assert.Contains($"{_path}, record 2: the file ends after 7 of 24 bytes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gzip_Damaged_IsNamed()
    {
        using (var file = new GZipStream(File.Create(_path), CompressionLevel.Fastest))
        {
            file.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i * 7919 % 10007}\n"))));
        }

        var bytes = File.ReadAllBytes(_path);
        bytes.AsSpan(200, 50).Fill(0xAA);
        File.WriteAllBytes(_path, bytes);

        var exception = Assert.Throws<TraceException>(() => new TraceReader(_path, TraceFormat.Lirs).Read().Count());
        Assert.Contains(_path, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(500)]
    public void Gzip_CutOff_IsNamedAndNotTakenForTheWhole(int missing)
    {
        using (var file = new GZipStream(File.Create(_path), CompressionLevel.Fastest))
        {
            file.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i * 7919 % 10007}\n"))));
        }

        File.WriteAllBytes(_path, File.ReadAllBytes(_path)[..^missing]);

        var exception = Assert.Throws<TraceException>(() => new TraceReader(_path, TraceFormat.Lirs).Read().Count());
        Assert.Contains($"{_path}, line ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("the gzip data is damaged", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BadLine_WithControlCharacters_IsShownWithoutThem()
    {
        var exception = Assert.Throws<TraceException>(() => Read(TraceFormat.Lirs, "\u001b[2Jx\u0007\n"));

        Assert.DoesNotContain(exception.Message, char.IsControl);
        Assert.Contains("\uFFFD[2Jx\uFFFD", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_ThatIsMissing_IsNamed()
    {
        var exception = Assert.Throws<TraceException>(() => new TraceReader(_path, TraceFormat.Lirs).Read().ToList());

        Assert.Contains(_path, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AnyBytes_InAnyFormat_AreReadOrRefusedPolitely(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 300; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            File.WriteAllBytes(_path, bytes);
            foreach (var format in Enum.GetValues<TraceFormat>())
            {
                try
                {
                    _ = new TraceReader(_path, format).Read().Take(100_000).Count();
                }
                catch (TraceException exception)
                {
                    Assert.Contains(_path, exception.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    private static void Record(Span<byte> bytes, uint time, ulong id, uint size, long next)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, time);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[4..], id);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], size);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], next);
    }

    private ulong[] Keys(TraceFormat format, string text) => [.. Read(format, text).Select(access => access.Key)];

    private List<Access> Read(object format, string text)
    {
        File.WriteAllText(_path, text);
        return [.. new TraceReader(_path, (TraceFormat)format).Read()];
    }
}
