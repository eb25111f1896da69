namespace Larder.Tests.Model;

/// <summary>What can happen to a cache, in no particular order.</summary>
internal enum StepKind
{
    Load,
    LoadThatAnswersAtOnce,
    LoadThatThrowsAtOnce,
    LoadWithLateTag,
    LoadThatConfirms,
    LoadThatMayLeave,
    Answer,
    Fail,
    Set,
    Remove,
    RemoveByTag,
    RemoveByLateTag,
    Clear,
    Expire,
    ChangeSource,
    Advance,
    RunQueued,
    Cancel,
    TryGet,
}
