using Larder.Memory.Policy;
using Larder.Memory.Table;

namespace Larder.Memory.Maintenance;

/// <summary>
/// Checks that table, lists, wheel, buffers and accounts of a map tell the same story, after letting the map finish what is
/// waiting. Only while nobody else uses the map.
/// </summary>
internal sealed class Audit<TKey, TValue>
{
    private readonly NodeTable<TKey, TValue> _table;
    private readonly Keeper<TKey, TValue> _keeper;
    private readonly Shelves<TKey, TValue> _shelves;
    private readonly List<string> _findings = [];

    private Audit(NodeTable<TKey, TValue> table, Keeper<TKey, TValue> keeper)
    {
        _table = table;
        _keeper = keeper;
        _shelves = keeper.Shelves;
    }

    /// <summary>What does not agree; empty when all is well.</summary>
    internal static IReadOnlyList<string> Of(NodeTable<TKey, TValue> table, Keeper<TKey, TValue> keeper)
    {
        keeper.SettleAll();
        return keeper.Inspect(() => new Audit<TKey, TValue>(table, keeper).Run());
    }

    private List<string> Run()
    {
        var nodes = CheckTable();
        CheckLists(nodes);
        CheckWheel(nodes);
        CheckBuffers();
        return _findings;
    }

    private Dictionary<int, Node<TKey, TValue>> CheckTable()
    {
        var nodes = new Dictionary<int, Node<TKey, TValue>>();
        long live = 0;
        long weight = 0;
        for (var segment = 0; segment < _table.Segments; segment++)
        {
            foreach (var slot in _table.SlotsOf(segment))
            {
                if (!_table.IsNode(slot.Node))
                {
                    continue;
                }

                var node = slot.Node!;
                live++;
                weight += node.Weight;
                Expect(slot.Hash == node.Hash, $"the slot of '{node.Key}' has another hash than its node");
                Expect(nodes.TryAdd(node.Index, node), $"'{node.Key}' has the index {node.Index} of another entry");
                Expect(ReferenceEquals(_table.Find(node.Key), node), $"'{node.Key}' is in the table and cannot be found there");
                Expect(_shelves.Policy.Links.Holds(node.Index, node.Hash), $"'{node.Key}' is an orphan: the policy does not know its index {node.Index}");
            }
        }

        Expect(live == _table.Count, $"the table counts {_table.Count} nodes and holds {live}");
        Expect(weight == _keeper.Budget.Weight, $"the budget says {_keeper.Budget.Weight} and the nodes weigh {weight}");
        Expect(weight <= _keeper.Budget.Capacity, $"the nodes weigh {weight}, the capacity is {_keeper.Budget.Capacity}");
        return nodes;
    }

    private void CheckLists(Dictionary<int, Node<TKey, TValue>> nodes)
    {
        var links = _shelves.Policy.Links;
        Expect(links.Count == nodes.Count, $"the lists count {links.Count} entries, the table {nodes.Count}");
        Expect(links.Weight == _keeper.Budget.Weight, $"the lists weigh {links.Weight}, the budget says {_keeper.Budget.Weight}");
        foreach (var region in new[] { Region.Window, Region.Probation, Region.Protected })
        {
            var count = 0;
            long weight = 0;
            for (var index = links.Coldest(region); index != 0 && count <= links.Count; index = links.Warmer(index))
            {
                count++;
                weight += links.WeightOf(index);
                Expect(links[index].Region == region, $"index {index} is in the list of {region} and says {links[index].Region}");
                Expect(links[links[index].Next].Previous == index, $"the successor of index {index} does not lead back");
                Expect(nodes.TryGetValue(index, out var node), $"index {index} is in the list of {region} and not in the table");
                Expect(node is null || node.Weight == links.WeightOf(index), $"index {index} weighs {links.WeightOf(index)}, its node {node?.Weight}");
            }

            Expect(count == links.CountIn(region), $"{region} counts {links.CountIn(region)} entries and holds {count}");
            Expect(weight == links.WeightIn(region), $"{region} says {links.WeightIn(region)} and holds a weight of {weight}");
        }
    }

    private void CheckWheel(Dictionary<int, Node<TKey, TValue>> nodes)
    {
        var timed = nodes.Where(pair => pair.Value.HasDeadline).Select(pair => pair.Key).ToHashSet();
        var entries = _shelves.Wheel?.Entries().ToList() ?? [];
        Expect(entries.Count == (_shelves.Wheel?.Count ?? 0), $"the wheel counts {_shelves.Wheel?.Count} entries and holds {entries.Count}");
        Expect(timed.SetEquals(entries) && entries.Count == timed.Count, $"the wheel holds {entries.Count} entries, the table {timed.Count} with a deadline");
    }

    private void CheckBuffers()
    {
        Expect(_table.Pending == 0 && _table.NextDirty(0) < 0, $"{_table.Pending} writes are waiting");
        foreach (var stripe in _keeper.Reads.Stripes)
        {
            Expect(!stripe.HasRecords, "reads are waiting");
        }

        Expect(_shelves.Notices.Count == 0, $"{_shelves.Notices.Count} notices are waiting");
    }

    private void Expect(bool condition, string finding)
    {
        if (!condition)
        {
            _findings.Add(finding);
        }
    }
}
