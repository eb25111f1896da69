namespace Larder.Tests.Model;

/// <summary>One step of a run. The numbers pick among whatever there is at that moment: keys, callers, pending loads.</summary>
internal sealed record Step(StepKind Kind, int A, int B)
{
    public override string ToString() => $"{Kind}({A},{B})";
}
