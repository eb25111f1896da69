namespace Larder.Ports;

/// <summary>
/// The commands of an <see cref="IAuthorityLink"/>. Each is atomic. A key holds nothing, or one <see cref="AuthorityKind"/> with a token. "Answers X" names the fields of
/// <see cref="AuthorityAnswer"/> that are set; the others are left out.
/// </summary>
public enum AuthorityVerb
{
    /// <summary>Reads <see cref="AuthorityCommand.Key"/>, untracked. Answers kind, token, and for a value its body.</summary>
    Read = 0,

    /// <summary>Reads the key, tracked. Answers as <see cref="Read"/>, and for a lease or a hold the milliseconds that are left of it.</summary>
    TrackedRead = 1,

    /// <summary>Reads only what the key holds, tracked. Answers kind and token.</summary>
    TrackedPeek = 2,

    /// <summary>
    /// If the key holds nothing or a snapshot: plants a lease with <see cref="AuthorityCommand.Token"/> that ends after <see cref="AuthorityCommand.Milliseconds"/> and answers
    /// <see cref="AuthorityKind.Nothing"/>. Otherwise answers what is there as <see cref="TrackedRead"/> does, tracked.
    /// </summary>
    Acquire = 3,

    /// <summary>If the key holds the lease with <see cref="AuthorityCommand.Expected"/>: lets it end <see cref="AuthorityCommand.Milliseconds"/> from now. Answers nothing of interest.</summary>
    Keep = 4,

    /// <summary>
    /// If the key holds a lease, a value or a snapshot with <see cref="AuthorityCommand.Expected"/>: replaces it by a value with <see cref="AuthorityCommand.Token"/>,
    /// <see cref="AuthorityCommand.Body"/>, that ends after <see cref="AuthorityCommand.Milliseconds"/>. Answers number 1 when it did, 2 when the key already holds a value with that token, otherwise 0.
    /// </summary>
    Fill = 5,

    /// <summary>If the key holds a lease, or a value, with <see cref="AuthorityCommand.Expected"/>: removes it. Answers number 1 when it did, otherwise 0.</summary>
    Release = 6,

    /// <summary>Plants a lease with <see cref="AuthorityCommand.Token"/> for <see cref="AuthorityCommand.Milliseconds"/>, whatever the key holds. Answers nothing of interest.</summary>
    Force = 7,

    /// <summary>Empties the key, and announces it as changed even if it held nothing. Answers nothing of interest.</summary>
    Remove = 8,

    /// <summary>
    /// A value: gets <see cref="AuthorityCommand.Token"/>, and the first eight bytes of its body become <see cref="AuthorityCommand.Number"/> unless they are smaller already. A lease or a
    /// snapshot: is removed. Nothing: is announced as changed, for a memory may keep what the store was not given. A hold or a number: stays, and is announced as changed, so that loads
    /// that were under way under it are not shared any more. Answers nothing of interest.
    /// </summary>
    Expire = 9,

    /// <summary>
    /// A value, a lease or a snapshot: answers its token. Nothing: plants a snapshot with <see cref="AuthorityCommand.Token"/> for <see cref="AuthorityCommand.Milliseconds"/> and answers that
    /// token. A hold or a number: answers <see cref="FenceToken.None"/>.
    /// </summary>
    Snapshot = 10,

    /// <summary>
    /// A number carries a token, that of the cache's fence when it was made. If the key holds a number with <see cref="AuthorityCommand.Token"/>: adds <see cref="AuthorityCommand.Number"/> to it; its
    /// end stays. If it holds nothing, a lease, a snapshot, or a number with <see cref="AuthorityCommand.Expected"/> (which is not <see cref="FenceToken.None"/>): begins anew at zero, adds, and
    /// the number carries <see cref="AuthorityCommand.Token"/> and ends after <see cref="AuthorityCommand.Milliseconds"/>. Answers kind <see cref="AuthorityKind.Number"/>, the sum as number, and that token.
    /// A number with any other token: answers kind <see cref="AuthorityKind.Number"/> and the token that it carries. A value or a hold: answers kind <see cref="AuthorityKind.Value"/>. A sum that would
    /// overflow: answers kind <see cref="AuthorityKind.Nothing"/>. The last three change nothing.
    /// </summary>
    Increment = 11,

    /// <summary>Lets the key be loaded by anybody but stored by nobody for <see cref="AuthorityCommand.Milliseconds"/>, whatever it holds. Answers nothing of interest.</summary>
    Hold = 12,

    /// <summary>Takes the key's refresh lease, which is apart from what the key holds, if nobody has it. Answers number 1 when it did, otherwise 0 and the milliseconds that are left of it.</summary>
    TakeRefresh = 13,

    /// <summary>Gives the key's refresh lease back if it carries <see cref="AuthorityCommand.Expected"/>. Answers nothing of interest.</summary>
    ReleaseRefresh = 14,

    /// <summary>Reads the fence <see cref="AuthorityCommand.Fence"/>, tracked; when it is missing, makes it with <see cref="AuthorityCommand.Token"/> first. Answers the token.</summary>
    ReadFence = 15,

    /// <summary>Gives the fence <see cref="AuthorityCommand.Token"/>. Answers nothing of interest.</summary>
    MoveFence = 16,

    /// <summary>
    /// Enters this node in the cache's registry. When there is no registry, makes one with the nonce <see cref="AuthorityCommand.Token"/>, sequence 0 and the lease time
    /// <see cref="AuthorityCommand.Milliseconds"/>, a number that is only compared. Sets this node's acknowledged sequence to <see cref="AuthorityCommand.Number"/> if <see cref="AuthorityCommand.Expected"/> is the registry's nonce, else to 0, and gives it a
    /// heartbeat number that no node of the registry had before. Answers kind <see cref="AuthorityKind.Value"/>, the registry's nonce as token and its sequence as number; kind <see cref="AuthorityKind.Hold"/>, the nonce, and that lease time as milliseconds when the registry has another one; kind <see cref="AuthorityKind.Hold"/> and no milliseconds when what is kept in its place is no registry; and kind <see cref="AuthorityKind.Nothing"/> when the store has no room for it now; all three change nothing.
    /// </summary>
    Renew = 17,

    /// <summary>Makes the registry as <see cref="Renew"/> does when it is missing, and raises its sequence. Answers as <see cref="Status"/>.</summary>
    Bump = 18,

    /// <summary>Answers kind <see cref="AuthorityKind.Value"/>, the registry's nonce, sequence and all nodes; kind <see cref="AuthorityKind.Nothing"/> when there is no registry.</summary>
    Status = 19,

    /// <summary>
    /// Removes the node <see cref="AuthorityCommand.Key"/> from the registry if its nonce is <see cref="AuthorityCommand.Expected"/> and the node's heartbeat number is
    /// <see cref="AuthorityCommand.Number"/>. Answers nothing of interest.
    /// </summary>
    Forget = 20,

    /// <summary>
    /// Reads all of <see cref="AuthorityCommand.Keys"/>, untracked, in one request where the store has one. Each key is answered for itself, as by <see cref="Read"/>, in any order; they need not be
    /// read at one moment.
    /// </summary>
    ReadMany = 21,

    /// <summary>
    /// Reads all of <see cref="AuthorityCommand.Keys"/>, each of them tracked from the moment at which it is read, in one request where the store has one. Each key is answered for itself, with kind,
    /// token, and for a value its body, in any order; they need not be read at one moment.
    /// </summary>
    TrackedReadMany = 22,

    /// <summary>
    /// Looks at the registry: answers kind <see cref="AuthorityKind.Value"/>, its nonce as token, how many of its nodes are strict (<see cref="RegistryNode.IsStrict"/>) as number, and the lease time that it was made with as milliseconds;
    /// kind <see cref="AuthorityKind.Nothing"/> when there is no registry. Changes nothing.
    /// </summary>
    Look = 23,

    /// <summary>Removes the registry if its nonce is <see cref="AuthorityCommand.Expected"/> and no node is in it. Answers number 1 when it did, otherwise 0.</summary>
    Retire = 24,
}
