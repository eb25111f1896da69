namespace Larder.Coherence;

/// <summary>A log message on its way to the logger.</summary>
internal sealed class ReportMessage(Action message) : IThreadPoolWorkItem
{
    public void Execute() => message();
}
