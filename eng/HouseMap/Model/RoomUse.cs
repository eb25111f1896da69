namespace HouseMap.Model;

/// <summary>One line in one room that names something which another room declares.</summary>
internal sealed record RoomUse(string From, string To, SourceFile File, int Line, string Symbol);
