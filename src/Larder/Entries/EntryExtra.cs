namespace Larder.Entries;

/// <summary>What only some entries have: validators of the source, a token of the authority, or tags of an older entry. An object of its own, so that the others stay small.</summary>
/// <param name="Validators">What the source can be asked "has it changed?" with.</param>
/// <param name="Token">What the authority recognises the value by.</param>
/// <param name="InheritedTags">How many of the entry's tags, at their end, are not its own.</param>
internal sealed record EntryExtra(Validators? Validators, FenceToken Token, int InheritedTags);
