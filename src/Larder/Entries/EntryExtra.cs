namespace Larder.Entries;

/// <summary>What only some entries have: validators of the source, or a token of the authority. An object of its own, so that the others stay small.</summary>
/// <param name="Validators">What the source can be asked "has it changed?" with.</param>
/// <param name="Token">What the authority recognises the value by.</param>
internal sealed record EntryExtra(Validators? Validators, FenceToken Token);
