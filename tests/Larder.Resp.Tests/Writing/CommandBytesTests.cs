using System.Buffers;
using System.Text;
using Larder.Resp.Writing;

namespace Larder.Resp.Tests.Writing;

public sealed class CommandBytesTests
{
    [Fact]
    public void Add_EveryKindOfArgument_IsWrittenAsABulk()
    {
        using var owner = MemoryPool<byte>.Shared.Rent(16);
        "abc"u8.CopyTo(owner.Memory.Span);
        var wire = Write(new RespCommand("set", "ké", new byte[] { 1, 2 }, -5L, 1.5, owner.Memory[1..3], double.NegativeInfinity));
        Assert.Equal("*7\r\n$3\r\nSET\r\n$3\r\nké\r\n$2\r\n\u0001\u0002\r\n$2\r\n-5\r\n$3\r\n1.5\r\n$2\r\nbc\r\n$4\r\n-inf\r\n", wire);
    }

    [Fact]
    public void Add_NameOfTwoWords_IsTwoBulks() =>
        Assert.Equal("*3\r\n$6\r\nCLIENT\r\n$7\r\nCACHING\r\n$3\r\nYES\r\n", Write(new RespCommand("CLIENT CACHING", "YES")));

    [Fact]
    public void Add_SliceOfMemory_WritesTheSlice() =>
        Assert.Equal("*2\r\n$4\r\nECHO\r\n$2\r\nbc\r\n", Write(new RespCommand("ECHO", "abcd"u8.ToArray().AsMemory(1, 2))));

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(300)]
    [InlineData(5_000)]
    [InlineData(3_000_000)]
    public void Add_ValueOfAnyLength_IsWrittenWhole(int length)
    {
        var value = new string('x', length);
        Assert.Equal($"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n${length}\r\n{value}\r\n", Write(new RespCommand("SET", "k", value)));
    }

    [Fact]
    public void Add_NullArgument_IsRefusedAndNamesTheCommand()
    {
        var failure = Assert.Throws<ArgumentNullException>(() => Write(new RespCommand("SET", "k", (string?)null)));
        Assert.Contains("SET", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_DefaultCommand_IsRefused() => Assert.Throws<ArgumentException>(() => Write(default));

    [Theory]
    [InlineData("")]
    [InlineData(" GET")]
    [InlineData("GET\r\nFLUSHALL")]
    [InlineData("CLIENT  ID")]
    public void Constructor_NameThatIsNone_IsRefused(string name) => Assert.Throws<ArgumentException>(() => new RespCommand(name));

    [Fact]
    public void Clear_BytesAreUsedAgain_WithoutAllocating()
    {
        var bytes = default(CommandBytes);
        var command = new RespCommand("GET", "some key");
        bytes.Add(in command);
        bytes.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            bytes.Add(in command);
            bytes.Clear();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData("get", RespFlags.Repeatable | RespFlags.ReadOnly)]
    [InlineData("UNLINK", RespFlags.Repeatable)]
    [InlineData("client caching", RespFlags.Repeatable)]
    [InlineData("INCR", RespFlags.None)]
    [InlineData("EVAL", RespFlags.None)]
    [InlineData("SET", RespFlags.None)]
    [InlineData("CLIENT KILL", RespFlags.None)]
    public void Flags_ByName_AreOnlyThoseOfHarmlessCommands(string name, RespFlags flags) =>
        Assert.Equal(flags, new RespCommand(name).Flags);

    private static string Write(RespCommand command)
    {
        var bytes = default(CommandBytes);
        bytes.Add(in command);
        var wire = Encoding.UTF8.GetString(bytes.Written);
        bytes.Clear();
        return wire;
    }
}
