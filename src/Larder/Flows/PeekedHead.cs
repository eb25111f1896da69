namespace Larder.Flows;

/// <summary>What a lower tier says of a key without its value. Moments are milliseconds of the wall clock.</summary>
/// <param name="IsNotFound">True when the source had said that there is no such thing.</param>
/// <param name="StaleUntil">Until when it is served without the source.</param>
/// <param name="GoneAt">Until when any of it is served.</param>
/// <param name="Now">The moment of the answer.</param>
internal sealed record PeekedHead(bool IsNotFound, long StaleUntil, long GoneAt, long Now);
