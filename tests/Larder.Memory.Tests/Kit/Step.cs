namespace Larder.Memory.Tests.Kit;

/// <summary>One step of a model-based test: what is done, with which key, value and time.</summary>
public readonly record struct Step(int Action, int Key, int Value, int Seconds)
{
    public override string ToString() => $"{Action}({Key}, {Value}, {Seconds}s)";
}
