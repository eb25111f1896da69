namespace Larder.Resp.Pipelining;

/// <summary>A decoder for several commands that stay together. The last reply goes to <see cref="IRespDecoder{T}.Decode"/>.</summary>
internal interface IGroupDecoder
{
    /// <summary>True when errors are handed to it as replies; otherwise the first one fails the group.</summary>
    bool TakesErrors { get; }

    /// <summary>Takes one of the replies before the last.</summary>
    void DecodeEarlier(ref RespReader reply, int index);
}
