using System.Text;
using Larder.Resp.Writing;

namespace Larder.Resp.Tests.Writing;

public sealed class OutgoingBufferTests
{
    [Fact]
    public void Take_WhileMoreIsAppended_LeavesWhatWasTakenAlone()
    {
        var buffer = new OutgoingBuffer();
        buffer.Append("one"u8);
        var first = buffer.Take();
        buffer.Append("two"u8);
        buffer.Append(new byte[100_000]);
        Assert.Equal("one", Encoding.UTF8.GetString(first.Span));
        Assert.Equal(100_003, buffer.Length);
        Assert.Equal(100_003, buffer.Take().Length);
        Assert.Equal(0, buffer.Length);
    }
}
