using HouseMap.Model;

namespace Larder.Architecture.Tests.Rules;

/// <summary>Something that the source must keep, whichever project it belongs to.</summary>
internal interface IRule
{
    /// <summary>What must hold, as a sentence without its full stop.</summary>
    public string Demand { get; }

    /// <summary>What to do about an offence, as a whole sentence.</summary>
    public string Remedy { get; }

    public IEnumerable<Offence> Check(House house);
}
