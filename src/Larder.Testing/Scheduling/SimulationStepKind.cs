namespace Larder.Testing;

/// <summary>What a step of a simulation is.</summary>
public enum SimulationStepKind
{
    /// <summary>Work that a cache handed to the thread pool.</summary>
    Work = 0,

    /// <summary>A timer that has fallen due.</summary>
    Timer = 1,

    /// <summary>A call that the driver of the simulation posted to a node.</summary>
    Call = 2,

    /// <summary>A connection is made.</summary>
    Connection = 3,

    /// <summary>The next command of a connection reaches the authority.</summary>
    Request = 4,

    /// <summary>The next answer or announcement of a connection reaches its node.</summary>
    Reply = 5,

    /// <summary>A message that keeps no order reaches its node.</summary>
    Message = 6,

    /// <summary>Those who wait for something that has ended go on.</summary>
    Resumption = 7,
}
