namespace Larder.Resp.Writing;

/// <summary>Where the keys of a command stand among its arguments.</summary>
internal enum KeyPlace
{
    /// <summary>The first one; so it is with most commands, and with those that are not known.</summary>
    First,

    /// <summary>There are none.</summary>
    None,

    /// <summary>All arguments.</summary>
    All,

    /// <summary>Every second argument, from the first one on.</summary>
    EverySecond,

    /// <summary>The first two.</summary>
    FirstTwo,

    /// <summary>From the second one on.</summary>
    FromSecond,

    /// <summary>The second one.</summary>
    Second,

    /// <summary>The second argument tells how many follow it.</summary>
    AfterSecondCount,

    /// <summary>The first argument tells how many follow it.</summary>
    AfterFirstCount,

    /// <summary>The first one, and as many behind the second as that tells.</summary>
    FirstAndAfterSecondCount,

    /// <summary>The first half of what follows the word STREAMS.</summary>
    Streams,
}
