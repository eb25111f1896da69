namespace Larder.Testing;

/// <summary>One rule of a contract, for the theory data of any test framework.</summary>
/// <param name="Name">The group and the name of the rule.</param>
/// <param name="Check">Checks it: throws a <see cref="TierContractException"/> when it is broken.</param>
public sealed record ContractRule(string Name, Func<Task> Check)
{
    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
