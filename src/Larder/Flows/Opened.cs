using Larder.Sealing;

namespace Larder.Flows;

/// <summary>A body from a lower tier that could be opened: what it says, with the payload still encoded.</summary>
internal readonly record struct Opened(string Key, Envelope Envelope);
