namespace Larder.Resp.Reading;

/// <summary>What a reply loop reports. All calls come from the reader, one at a time, in the order of the stream.</summary>
internal interface IReplySink
{
    /// <summary>A push that no command waits for; the reader stands on its kind. What it throws ends the connection.</summary>
    void OnPush(ref RespReader push);

    /// <summary>The last call: the reader has ended, and nobody else takes from the ring any more.</summary>
    void OnEnded(Exception reason);
}
