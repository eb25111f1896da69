using HouseMap.Model;

namespace Larder.Architecture.Tests.Rules;

/// <summary>Something that the source must keep, whichever project it belongs to.</summary>
internal interface IRule
{
    /// <summary>What must hold, as a sentence without its full stop.</summary>
    string Demand { get; }

    /// <summary>What to do about an offence, as a whole sentence.</summary>
    string Remedy { get; }

    IEnumerable<Offence> Check(House house);
}
