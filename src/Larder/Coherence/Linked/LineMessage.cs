namespace Larder.Coherence;

/// <summary>A log message on its way to the logger.</summary>
internal sealed class LineMessage(LineReport report, Action<LineReport> message) : IThreadPoolWorkItem
{
    public void Execute() => message(report);
}
