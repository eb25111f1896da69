using System.Runtime.CompilerServices;

namespace Larder.Testing;

/// <summary>
/// A group of rules of the <see cref="TierContract"/>. Each public method checks one rule on a fresh store and throws a <see cref="TierContractException"/> when the tier breaks it.
/// </summary>
public abstract class TierRules
{
    // A rule may wait for more than one thing, each with the patience of the settings.
    private const int WaitsPerRule = 6;

    private readonly TierContractSettings _settings;

    private protected TierRules(TierContractSettings settings) => _settings = settings;

    /// <summary>The rules of this group that apply to the tier.</summary>
    public IEnumerable<ContractRule> All => Rules.Select(rule => new ContractRule($"{GetType().Name}.{rule.Method.Name}", rule));

    private protected abstract IEnumerable<Func<Task>> Rules { get; }

    private protected bool IsShared => _settings.MakeAnother is not null;

    private protected bool WatchesMissing => _settings.WatchesMissing;

    private protected bool CanHold => _settings.Hold is not null;

    private protected async Task OnAsync(Func<TierStage, Task> rule, [CallerMemberName] string name = "")
    {
        var stage = await TierStage.OpenAsync(_settings).ConfigureAwait(false);
        await using (stage.ConfigureAwait(false))
        {
            try
            {
                await Patience.EndsAsync(rule(stage), $"{name} ends", _settings.Patience * WaitsPerRule).ConfigureAwait(false);
            }
            catch (Exception thrown) when (thrown is not TierContractException)
            {
                throw new TierContractException($"{name}: a tier answers with outcomes and does not throw; seen {thrown.GetType().Name}: {thrown.Message}", thrown);
            }
        }
    }

    private protected Task OnTwoNodesAsync(Func<TierStage, Task> rule, [CallerMemberName] string name = "") =>
        IsShared
            ? OnAsync(rule, name)
            : throw new InvalidOperationException($"{name} is about two nodes on one store; set MakeAnother, or leave it out.");
}
