using Larder.Resp.Pipelining;

namespace Larder.Resp.Reading;

/// <summary>Keeps every reply of a group, errors among them.</summary>
internal sealed class GroupReplies(int count) : IRespDecoder<RespValue[]>, IGroupDecoder
{
    private readonly RespValue[] _replies = new RespValue[count];

    public bool TakesErrors => true;

    public void DecodeEarlier(ref RespReader reply, int index) => _replies[index] = reply.GetValue();

    public RespValue[] Decode(ref RespReader reply)
    {
        _replies[^1] = reply.GetValue();
        return _replies;
    }
}
