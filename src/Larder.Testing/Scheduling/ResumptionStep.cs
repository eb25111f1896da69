namespace Larder.Testing;

/// <summary>Those who wait for something that has ended go on.</summary>
internal sealed class ResumptionStep<T>(SimulationNode node, TaskCompletionSource<T> completion, T result)
    : SimulationStep(node, SimulationStepKind.Resumption)
{
    private protected override string Detail => typeof(T).Name;

    internal override void Run() => completion.TrySetResult(result);
}
