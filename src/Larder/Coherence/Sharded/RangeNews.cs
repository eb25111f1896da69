namespace Larder.Coherence;

/// <summary>What one range tells of its connection.</summary>
internal sealed class RangeNews(ShardReport report, int range) : ILineNews
{
    public void Connected() => report.Connected(range);

    public void Lost(Exception? failure) => report.Lost(range, failure);

    public void Refused(Exception failure) => report.Refused(failure);

    public void StricterNodes(bool areThere) => report.StricterNodes(range, areThere);

    public void Agreement(Disagreement? disagreement) => report.Agreement(range, disagreement);
}
