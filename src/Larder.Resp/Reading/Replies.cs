namespace Larder.Resp.Reading;

/// <summary>The decoders of plain replies, one instance each.</summary>
internal static class Replies
{
    internal static readonly IRespDecoder<byte[]?> Bytes = new BytesReply();
    internal static readonly IRespDecoder<string?> Text = new TextReply();
    internal static readonly IRespDecoder<long> Whole = new WholeReply();
    internal static readonly IRespDecoder<long?> WholeOrNull = new WholeOrNullReply();
    internal static readonly IRespDecoder<double?> NumberOrNull = new NumberOrNullReply();
    internal static readonly IRespDecoder<bool> Boolean = new BooleanReply();
    internal static readonly IRespDecoder<bool> IsOk = new OkReply();
    internal static readonly IRespDecoder<RespValue> Value = new ValueReply();
    internal static readonly IRespDecoder<RespLease?> Lease = new LeaseReply();
    internal static readonly IRespDecoder<byte[]?[]> ManyBytes = new ManyBytesReply();

    private sealed class BytesReply : IRespDecoder<byte[]?>
    {
        public byte[]? Decode(ref RespReader reply) => reply.GetBytes();
    }

    private sealed class TextReply : IRespDecoder<string?>
    {
        public string? Decode(ref RespReader reply) => reply.GetString();
    }

    private sealed class WholeReply : IRespDecoder<long>
    {
        public long Decode(ref RespReader reply) => reply.GetInt64();
    }

    private sealed class WholeOrNullReply : IRespDecoder<long?>
    {
        public long? Decode(ref RespReader reply) => reply.IsNull ? null : reply.GetInt64();
    }

    private sealed class NumberOrNullReply : IRespDecoder<double?>
    {
        public double? Decode(ref RespReader reply) => reply.IsNull ? null : reply.GetDouble();
    }

    private sealed class BooleanReply : IRespDecoder<bool>
    {
        public bool Decode(ref RespReader reply) => reply.GetBoolean();
    }

    // OK is true; null, which is what SET answers when its condition did not hold, is false.
    private sealed class OkReply : IRespDecoder<bool>
    {
        public bool Decode(ref RespReader reply) =>
            !reply.IsNull && (reply.Span.SequenceEqual("OK"u8) ? true : throw reply.Unexpected("OK"));
    }

    private sealed class ValueReply : IRespDecoder<RespValue>
    {
        public RespValue Decode(ref RespReader reply) => reply.GetValue();
    }

    private sealed class LeaseReply : IRespDecoder<RespLease?>
    {
        public RespLease? Decode(ref RespReader reply) =>
            reply.IsNull ? null : reply.IsAggregate ? throw reply.Unexpected("bytes") : new RespLease(reply.Span);
    }

    private sealed class ManyBytesReply : IRespDecoder<byte[]?[]>
    {
        public byte[]?[] Decode(ref RespReader reply)
        {
            var items = new byte[]?[reply.GetCount()];
            for (var i = 0; i < items.Length && reply.Read(); i++)
            {
                items[i] = reply.GetBytes();
            }

            return items;
        }
    }
}
