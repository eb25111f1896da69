namespace Larder.Memory.Tests.Kit;

/// <summary>One recorded operation on one key: what was asked, what was answered, and the tickets drawn just before and just after.</summary>
internal sealed record Operation(OperationKind Kind, object? Argument, object? Comparand, long Start)
{
    internal object? Answer { get; set; }

    internal bool Done { get; set; }

    internal long End { get; set; }

    /// <summary>The state after this operation, when it could have been applied to the given state with the answer that it gave.</summary>
    internal bool TryApply(object? state, bool mayVanish, out object? after)
    {
        after = state;
        switch (Kind)
        {
            case OperationKind.Get:
                return ReferenceEquals(state, Answer);
            case OperationKind.Set:
                after = Argument;
                return true;
            case OperationKind.Add:
                after = Done ? Argument : state;
                return Done == state is null;
            case OperationKind.Update:
                after = Done ? Argument : state;
                return Done == (state is not null && ReferenceEquals(state, Comparand));
            case OperationKind.Remove:
                after = null;
                return ReferenceEquals(state, Answer);
            case OperationKind.RemoveExact:
                after = Done ? null : state;
                return Done == (state is not null && ReferenceEquals(state, Comparand));
            default:
                after = null;
                return mayVanish;
        }
    }
}
