namespace Larder.Resp;

/// <summary>A node of a cluster says that another node answers for the slot: MOVED for good, ASK for this command only.</summary>
public sealed class RespRedirectException : RespServerException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public RespRedirectException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public RespRedirectException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public RespRedirectException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes the exception of a redirection.</summary>
    /// <param name="code">MOVED or ASK.</param>
    /// <param name="text">The whole reply.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="target">Where to go: host:port; without a host (":6379") the one that answered is meant.</param>
    public RespRedirectException(string code, string text, int slot, string target)
        : base(code, text)
    {
        Slot = slot;
        Target = target;
    }

    /// <summary>True when only this one command must go there, after ASKING.</summary>
    public bool IsAsk => Code == "ASK";

    /// <summary>The slot, from 0 to 16,383.</summary>
    public int Slot { get; }

    /// <summary>Where to go: host:port; without a host (":6379") the one that answered is meant.</summary>
    public string Target { get; } = "";
}
