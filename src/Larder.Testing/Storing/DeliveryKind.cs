namespace Larder.Testing;

/// <summary>What a store sends to a connection.</summary>
internal enum DeliveryKind
{
    Connected,
    Answer,
    Refusal,
    KeyChanged,
    FenceChanged,
    EverythingChanged,
    Disconnected,
    Heartbeat,
}
