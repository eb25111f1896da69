using HouseMap;
using HouseMap.Floors;
using HouseMap.Model;
using HouseMap.Reading;

namespace Larder.Architecture.Tests;

/// <summary>The source of this repository, read once for all tests.</summary>
internal static class TheHouse
{
    public static readonly string Root = RepositoryRoot.Find();

    private static readonly Lazy<House> House = new(() => HouseReader.Read(Root));
    private static readonly Lazy<FloorPlan> FloorPlan = new(() => HouseMap.Floors.FloorPlan.Load(Root));

    public static House Source => House.Value;

    public static FloorPlan Floors => FloorPlan.Value;
}
