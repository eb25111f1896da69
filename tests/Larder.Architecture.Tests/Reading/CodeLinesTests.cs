using HouseMap.Model;
using Microsoft.CodeAnalysis.CSharp;

namespace Larder.Architecture.Tests.Reading;

public sealed class CodeLinesTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("class A;", 1)]
    [InlineData("class A;\n", 1)]
    [InlineData("// A comment.\n\nclass A;\n", 3)]
    [InlineData("/// <summary>\n/// Text.\n/// </summary>\nclass A;\n", 1)]
    [InlineData("/** <summary>Text.\n    More. </summary> */\nclass A;\n", 1)]
    [InlineData("class A\r\n{\r\n    /// <summary>Text.</summary>\r\n    int _field;\r\n}\r\n", 4)]
    public void Total_Source_CountsAllButDocComments(string source, int lines)
    {
        var root = SyntaxFactory.ParseCompilationUnit(source);

        Assert.Equal(lines, new CodeLines(root.GetText(), root).Total);
    }
}
