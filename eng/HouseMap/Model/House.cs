namespace HouseMap.Model;

/// <summary>Every project under src/ as its source says it is. Made by <see cref="Reading.HouseBuilder"/>.</summary>
internal sealed class House(IReadOnlyList<Project> projects)
{
    public IReadOnlyList<Project> Projects { get; } = projects;

    public IEnumerable<SourceFile> Files => Projects.SelectMany(project => project.Files);
}
