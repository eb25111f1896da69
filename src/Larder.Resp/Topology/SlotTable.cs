namespace Larder.Resp.Topology;

/// <summary>What CLUSTER SLOTS answers: for each part of the slots the primary, and its replicas.</summary>
/// <param name="Parts">The parts.</param>
internal sealed record SlotTable(IReadOnlyList<SlotTable.Part> Parts)
{
    // first slot, last slot, primary (host, port, id, …), replicas likewise
    private const int Head = 2;

    /// <param name="value">The reply.</param>
    /// <param name="asked">Who answered: where no host is named, it is meant.</param>
    internal static SlotTable Read(RespValue value, RespEndPoint asked)
    {
        var parts = new List<Part>();
        foreach (var part in value.Items)
        {
            var nodes = part.Items.Skip(Head).Select(node => EndPoint(node, asked)).ToArray();
            var (first, last) = (part.Items.Count > Head ? part.Items[0].AsInt64() : -1, part.Items.Count > Head ? part.Items[1].AsInt64() : -1);
            if (first < 0 || last < first || last >= RespSlots.Count)
            {
                throw new RespReplyException("The reply to CLUSTER SLOTS is not a list of slots and nodes.");
            }

            if (nodes[0] is { } primary)
            {
                parts.Add(new Part(new RespSlotRange((int)first, (int)last), primary, [.. nodes.Skip(1).OfType<RespEndPoint>()]));
            }
        }

        return new SlotTable(parts);
    }

    // A node whose host is not known yet is called "?".
    private static RespEndPoint? EndPoint(RespValue node, RespEndPoint asked)
    {
        if (node.Items.Count < 2 || node.Items[1].AsInt64() is < 1 or > ushort.MaxValue)
        {
            return null;
        }

        var host = node.Items[0].AsString();
        return host == "?" ? null : new RespEndPoint(string.IsNullOrEmpty(host) ? asked.Host : host, (int)node.Items[1].AsInt64());
    }

    /// <param name="Slots">Which slots.</param>
    /// <param name="Primary">Who owns them.</param>
    /// <param name="Replicas">Who copies them.</param>
    internal sealed record Part(RespSlotRange Slots, RespEndPoint Primary, IReadOnlyList<RespEndPoint> Replicas);
}
