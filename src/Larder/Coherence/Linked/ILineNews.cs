namespace Larder.Coherence;

/// <summary>Who is told how a connection is. Called on the reader, so it does no more than to take note.</summary>
internal interface ILineNews
{
    void Connected();

    /// <summary>The connection was given up.</summary>
    void Lost(Exception? failure);

    /// <summary>The store had no room for a command; the connection goes on. On any thread.</summary>
    void Refused(Exception failure);

    /// <summary>Whether there are strict nodes for which the changes of this one, which is not, have to wait. On any thread.</summary>
    void StricterNodes(bool areThere);

    /// <summary>What the other nodes have agreed on otherwise, such as another lease time; null when that is over.</summary>
    void Agreement(Disagreement? disagreement);
}
