using Larder.Resp.Framing;

namespace Larder.Resp.Tests.Framing;

public sealed class ReceiveBufferTests
{
    [Fact]
    public void MakeRoom_WhateverIsReceivedAndHandled_KeepsTheBytesInOrder()
    {
        var buffer = new ReceiveBuffer(new RespLimits());
        var random = new Random(7);
        byte written = 0;
        byte read = 0;
        for (var i = 0; i < 2_000; i++)
        {
            var room = buffer.MakeRoom().Span;
            Assert.True(room.Length > 0);
            var received = Math.Min(room.Length, random.Next(1, 9_000));
            for (var at = 0; at < received; at++)
            {
                room[at] = written++;
            }

            buffer.Received(received);
            var handled = random.Next(3) == 0 ? buffer.Length : random.Next(buffer.Length / 8 + 1);
            foreach (var one in buffer.Unhandled[..handled])
            {
                Assert.Equal(read++, one);
            }

            buffer.Handled(handled);
        }
    }

    [Fact]
    public void MakeRoom_ReplyBeyondTheLimit_IsRefused()
    {
        var limits = new RespLimits { MaximumBulk = 1 };
        var buffer = new ReceiveBuffer(limits);
        var failure = Assert.Throws<RespProtocolException>(() =>
        {
            for (var i = 0; i < 1_000_000; i++)
            {
                buffer.Received(buffer.MakeRoom().Length);
            }
        });
        Assert.Contains("268435456 bytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MakeRoom_AfterALargeReplyHasLeft_ShrinksAgain()
    {
        var buffer = new ReceiveBuffer(new RespLimits());
        while (buffer.Length < 8 << 20)
        {
            buffer.Received(buffer.MakeRoom().Length);
        }

        buffer.Handled(buffer.Length);
        buffer.MakeRoom();
        Assert.InRange(buffer.Bytes.Length, ReceiveBuffer.SmallestCapacity, 2 * ReceiveBuffer.SmallestCapacity);
    }
}
