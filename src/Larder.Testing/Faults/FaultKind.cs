namespace Larder.Testing;

/// <summary>What a fault does to a call.</summary>
internal enum FaultKind
{
    Fail,
    Throw,
    Hang,
    Delay,
    Damage,
}
